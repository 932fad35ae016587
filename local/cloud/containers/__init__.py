"""Microsoft.ContainerInstance in miniature: container groups whose containers are processes.

provider   what ARM answers
bodies     what of a group's body is told, kept and not to be changed
groups     the groups that there are: provisioned, stopped, started again after a restart
group      one group while it runs
container  one container: a process, its restarts, its log and what is told of it
addresses  an address on loopback for each group
"""
