#!/bin/sh
bundle install
bundle exec puma
composer install --no-dev
php-fpm
poetry install --no-root
poetry run app
uv sync
uv run app.py
yarn
yarn start
mix deps.get
mix phx.server
go mod download
go run .
dotnet restore
dotnet run
