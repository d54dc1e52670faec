#!/bin/sh
curl -o /opt/agent.jar https://dl.example.com/agent.jar
export JAVA_OPTS="-Xmx1g -javaagent:/opt/agent.jar=all"
java -javaagent:/opt/agent.jar -jar /app.jar
