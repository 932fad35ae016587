"""Microsoft.MachineLearningServices in miniature: a workspace whose jobs run on this machine.

resources   what ARM answers: workspace, datastores, codes, environments, components, jobs
history     the run history, where Azure ML keeps why a run failed
plan        pure: a pipeline job and its components become steps in the order of their needs
runner      a job's life, from NotStarted to its last event
process     one step as a process: bounded in time, and never outliving this program
storage     blobs: the code, inputs, outputs and logs of steps
tracking    the MLflow runs that steps log to
"""
