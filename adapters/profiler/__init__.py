"""The port `Profiler`: training data and inference logs become profiles, profiles verdicts."""
