import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { createInterface } from "node:readline";

// Tries connections: each line of stdin is a list of them, and each of stdout says which got through. It runs by itself,
// in the network of a pod.

/** How long a packet that nobody drops may take. */
const patienceMilliseconds = 1500;

/** What a server of that port answers to; others say that nobody is there. */
const questions = new Map([
  // DNS: the addresses of kubernetes.default.svc.cluster.local. Source: RFC 1035
  [53, `000101000001000000000000${["kubernetes", "default", "svc", "cluster", "local"].map(label).join("")}0000010001`],
  // memberlist: a ping, as MessagePack. Source: https://github.com/hashicorp/memberlist/blob/master/net.go
  [9094, `0082${string("SeqNo")}01${string("Node")}a0`],
]);

for await (const line of createInterface({ input: process.stdin })) {
  const attempts = JSON.parse(line);
  console.log(JSON.stringify(await Promise.all(attempts.map(gotThrough))));
}

/** @param {{ address: string, port: number, protocol: "TCP" | "UDP" }} attempt */
function gotThrough({ address, port, protocol }) {
  return protocol === "TCP" ? byTcp(address, port) : byUdp(address, port);
}

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function byTcp(address, port) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: patienceMilliseconds });
    const end = (/** @type {boolean} */ through) => {
      socket.destroy();
      resolve(through);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", ({ message }) => end(message.includes("ECONNREFUSED")));
  });
}

/**
 * @param {string} address
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function byUdp(address, port) {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const timer = setTimeout(() => end(false), patienceMilliseconds);
    const end = (/** @type {boolean} */ through) => {
      clearTimeout(timer);
      socket.close();
      resolve(through);
    };
    socket.on("message", () => end(true));
    // That nobody is there: it comes only to a socket that is connected.
    socket.on("error", () => end(true));
    socket.connect(port, address, () => socket.send(Buffer.from(questions.get(port) ?? "00", "hex")));
  });
}

/** @param {string} text */
function label(text) {
  return hex([text.length, ...Buffer.from(text)]);
}

/** @param {string} text */
function string(text) {
  return hex([0xa0 + text.length, ...Buffer.from(text)]);
}

/** @param {number[]} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString("hex");
}
