"""Mathematics of change: profiles, statistics and verdicts will live here."""
