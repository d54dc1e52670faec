#!/bin/sh
npm install left-pad
yarn add left-pad
poetry add x
node server.js
