"""Admission: a stranger's model is examined before it is registered or loaded anywhere.

A model file is a program. `admit` hashes the file and hands its bytes to a separate process that
has given up what it does not need (`confinement`), where the file is parsed (`graph`), loaded and
tried on synthetic rows (`trial`). The answer is an `Admission`, whose digest pins the file from
here on, or a `Refusal` with a code and a sentence.
"""
