"""Reads one answer with the usual Python libraries, the way their documentation shows it.

usage: read.py MODE URL REQUEST_JSON      prints {"text": ..., "seqs": [...]} with ASCII escapes only
"""

import asyncio
import json
import sys
import time

mode, url, request = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])


def take(events, event):
    events.append(event)
    return event["type"] in ("message_stop", "cancelled", "error")


def chunked():
    import requests

    events = []
    headers = {"Accept": "application/x-ndjson"}
    with requests.post(f"{url}/generations", json=request, headers=headers, stream=True, timeout=60) as answer:
        for line in answer.iter_lines():
            if line:  # an empty line is a heartbeat
                take(events, json.loads(line))
    return events


def sse():
    import httpx

    events = []
    headers = {"Accept": "text/event-stream"}
    with httpx.stream("POST", f"{url}/generations", json=request, headers=headers, timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                take(events, json.loads(line[len("data: ") :]))
    return events


def websocket():
    import websockets

    async def read():
        events = []
        address = url.replace("http", "ws", 1) + "/generations"
        async with websockets.connect(address, subprotocols=["tokenwire.v1"], max_size=None) as socket:
            await socket.send(json.dumps({"type": "generate", "ref": 1, "request": request}))
            async for message in socket:
                event = json.loads(message).get("event")
                if event and take(events, event):
                    return events
        return events

    return asyncio.run(read())


def polling(wait):
    import requests

    events = []
    with requests.Session() as session:
        started = session.post(f"{url}/generations", json=request, headers={"Accept": "application/json"}, timeout=60)
        page = started.json()
        generation, done = page["id"], False
        while not done:
            query = {"after": page["cursor"], "wait": wait}
            page = session.get(f"{url}/generations/{generation}/events", params=query, timeout=60).json()
            events += page["events"]
            done = page["done"]
            if not done:
                time.sleep(page.get("nextPollMs", 0) / 1000)  # the server's advice to short polling
    return events


READERS = {
    "chunked": chunked,
    "sse": sse,
    "websocket": websocket,
    "long-poll": lambda: polling(25),
    "short-poll": lambda: polling(0),
}

events = READERS[mode]()
deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
text = "".join(delta["text"] for delta in deltas if delta["type"] == "text_delta")
print(json.dumps({"text": text, "seqs": [event["seq"] for event in events], "last": events[-1]["type"]}))
