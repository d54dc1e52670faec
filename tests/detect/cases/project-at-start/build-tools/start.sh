#!/bin/sh
mvn -q spring-boot:run
./gradlew :server:bootRun
