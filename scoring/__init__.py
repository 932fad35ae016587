"""ONNX in, predictions out: admission of strangers' models, evidence for the gate, the server.

Nothing here knows Azure but `scoring.server.store`, which reads blobs.
"""
