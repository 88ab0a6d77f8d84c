"""Connections that never read, with segments as on Ethernet. Orders and reports as in crowd-process.ts.

Node cannot set the segment size. On loopback it is 64 KiB, and the kernel then holds some 4 MB for each connection:
for a thousand more than it allows for all of TCP, which would slow down those who do read.
"""
import json
import socket
import sys
import time

order = json.loads(sys.argv[1])
crowd = []
for _ in range(order["count"]):
    one = socket.socket()
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
    one.connect((order["host"], order["port"]))
    one.sendall(order["hello"].encode("latin-1"))
    crowd.append(one)
while True:
    print(json.dumps({"connected": len(crowd), "bytes": 0}), flush=True)
    time.sleep(0.1)
