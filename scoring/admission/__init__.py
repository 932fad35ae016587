"""Admission: a stranger's model is examined before it is registered or loaded anywhere.

A model file is a program. `admit` reads and hashes the file and hands its bytes to a separate
process that gives up everything but computing (`confinement`, `seccomp`), where an archive is
unpacked (`archive`) and the model is parsed (`graph`), loaded, and tried on synthetic rows and on
the run's own (`trial`). The answer is an `Admission`, whose digest pins the file from here on, or a
`Refusal` with a code and a sentence. docs/admission.md has every code, and what is left to fear.
"""
