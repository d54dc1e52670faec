#!/bin/sh
for file in $(git status /app/locale | awk '{print $2}'); do
  git diff "$file" | grep -q '^[-+]' || git checkout "$file"
done
git branch "$NEXT"
git checkout "$NEXT" /opt/tool
cd /opt/tool
./install.sh
