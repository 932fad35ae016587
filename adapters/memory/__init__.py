"""All ports in memory: what tests, the simulator, dry runs and replays run on."""
