["bash", "-c", "until echo > /dev/tcp/db/5432; do sleep 1; done"].execute()
