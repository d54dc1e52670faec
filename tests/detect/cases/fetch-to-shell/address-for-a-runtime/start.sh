#!/bin/sh
wasmtime run https://dl.example.com/x.wasm
jbang https://dl.example.com/x.java
streamlit run https://dl.example.com/app.py
