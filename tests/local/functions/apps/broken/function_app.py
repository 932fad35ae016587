"""An app that raises after its first function."""

import azure.functions as func

app = func.FunctionApp()


@app.route(route="fine", auth_level=func.AuthLevel.ANONYMOUS)
def fine(req: func.HttpRequest) -> str:
    return "fine"


raise RuntimeError("the import went wrong")
