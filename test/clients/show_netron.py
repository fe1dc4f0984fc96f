"""Serves a model's file with Netron until its input ends; prints the port and how many nodes its graph has."""

import json
import sys

import netron
import onnx

path = sys.argv[1]
_, port = netron.start(path, address=("127.0.0.1", 0), browse=False)
nodes = len(onnx.load(path, load_external_data=False).graph.node)
print(json.dumps({"port": port, "nodes": nodes}), flush=True)
sys.stdin.read()
netron.stop(("127.0.0.1", port))
