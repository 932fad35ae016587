"""SIDE EFFECT. One module an outside system; each speaks for one port of `decisions.ports`."""
