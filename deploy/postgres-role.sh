#!/bin/sh
# Runs once, on an empty volume: the app's role owns its database and is no superuser.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE cxplan LOGIN PASSWORD :'password';
CREATE DATABASE cxplan OWNER cxplan;
SQL
