#!/bin/sh
# The API from a shell.
#
#   export CCGDPR_URL=https://ccgdpr.example/api/v1/ CCGDPR_KEY=ccgdpr_…
#   sh curl.sh
set -eu

# The key goes by standard input: arguments are seen by everybody on the machine.
ask() {
	path=$1
	shift
	printf 'header = "Authorization: Bearer %s"\n' "$CCGDPR_KEY" |
		curl --silent --show-error --fail-with-body --config - "$@" "$CCGDPR_URL$path"
	echo
}

# The purposes that this client may use.
ask purposes/

# May these people be phoned about the newsletter?
ask checks/ --json '{
  "purpose": "newsletter",
  "channel": "voice",
  "contacts": ["601 234 567", "+48 22 555 01 23"]
}'

# Somebody said on the phone: no more. Sent twice under one key it counts once.
ask events/ --header 'Idempotency-Key: call-2026-11-24-0007' --json '{
  "events": [{
    "kind": "withdrawn",
    "contact": "601 234 567",
    "purpose": "newsletter",
    "channel": "voice",
    "source": "web-form",
    "method": "call",
    "evidence": "Recording 2026-11-24/0007, minute 3."
  }]
}'

# Somebody wants no marketing at all, by no channel.
ask objections/ --header 'Idempotency-Key: call-2026-11-24-0008' --json '{
  "contact": "ewa@poczta.example",
  "kind": "objection",
  "words": "Proszę mi nic więcej nie przysyłać."
}'

# What has been recorded, from the oldest that is kept; then on after the `last` of each answer.
ask 'events/?limit=100'

# Links for a mailing: the foot of the message, and the headers of RFC 8058.
ask links/ --json '{"purpose": "newsletter", "channel": "email", "contacts": ["jan@poczta.example"]}'

# A dial list, screened by the worker; ask what `uuid` names until it is done.
printf 'nr\n601 234 567\n' >list.csv
ask screenings/ --form purpose=newsletter --form channel=voice --form file=@list.csv
