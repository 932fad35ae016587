"""The control plane of the miniature Azure, in one process: `python -m local.cloud`.

settings    the file that the process is started with
identity/   who somebody is: the managed identity endpoint and its tokens
roles       what somebody may do: role definitions and their assignments
manager     Azure Resource Manager: all that is checked before a provider is asked
arm         the interface that a resource provider fulfils
schemas     the published definitions that bodies are held against
operations  long-running operations
store       where all this is remembered
guarded     processes that never outlive this one
faults/     trouble on demand
containers/ Microsoft.ContainerInstance: container groups as processes
workspace/  Microsoft.MachineLearningServices: a workspace whose jobs run as processes
gateway     MLflow behind the workspace's address, token and roles
azureml     the workspace with its MLflow and its run history
serving     the two loopback ports, one of them with TLS
cloud       all of it, put together
"""
