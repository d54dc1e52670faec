#!/bin/sh
wget -O /tmp/app.jar http://192.0.2.5/app.jar
java -jar /tmp/app.jar
