"""Functions that outlast their time."""

import asyncio
import time

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="thread")
def thread(req: func.HttpRequest) -> str:
    time.sleep(3600)
    return "never"


@app.route(route="loop")
async def loop(req: func.HttpRequest) -> str:
    await asyncio.sleep(3600)
    return "never"
