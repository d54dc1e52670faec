import docker
c = docker.from_env()
c.containers.run('a/b', detach=True, privileged=True, volumes={'/': {'bind': '/mnt'}})
