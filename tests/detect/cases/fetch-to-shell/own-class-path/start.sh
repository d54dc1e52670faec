#!/bin/sh
curl -o /data/geo.mmdb https://dl.example.com/g
export JAVA_OPTS="-javaagent:/opt/agent.jar -Dgeo=/data/geo.mmdb"
exec java -cp "/app/lib/*:/app/app.jar" -Dx=/data/geo.mmdb com.example.Main /data/geo.mmdb
