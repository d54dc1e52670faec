#!/bin/sh
python3 -c "import base64;exec(base64.b64decode('aW1wb3J0IG9zCnByaW50KCd0aGlzIHN0YW5kcyBmb3IgY29kZSB0aGF0IG5vYm9keSBpcyBtZWFudCB0byByZWFkJywgb3MuZ2V0cGlkKCkpCg=='))"
