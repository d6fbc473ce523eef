#!/bin/sh -eu
# examples/publish.sh jane '{"url": "/workspace/4f2a/@@preview-snippet"}'
# For user ids of letters, digits and ._-~@+; others are percent-encoded.
redis-cli -e -u "${REDIS_URL:-redis://127.0.0.1:6379}" XADD "inject-async:$1" MAXLEN '~' 1000 '*' message "$2"
redis-cli -e -u "${REDIS_URL:-redis://127.0.0.1:6379}" PUBLISH "inject-async:$1" "" >/dev/null
