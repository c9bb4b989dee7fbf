// What can be under way in the simulated world, by number, because events are kept in typed arrays.

export const Event = {
  /** a: node. Its actor asked to be woken. */
  wake: 1,
  /** a: node, b: dial, what: DialUnderway. The dial reaches its target. */
  dialArrives: 2,
  /** As above. The refusal comes back. */
  dialRefused: 3,
  /** a: link, b: dial or -1. The handshake is done for this end. */
  open: 4,
  /** a: link, what: the join packet. */
  packet: 5,
  /** a: link, what: the reason. The peer has closed it. */
  closed: 6,
  /** a: link, what: the reason. This end notices that it is dead. */
  lost: 7,
  /** a: node. It tells its neighbours how many it has. */
  report: 8,
  /** a: link, b: the peer's degree. */
  degree: 9,
  /** a: link, b: hops, what: Message. A message of the flood. */
  data: 10,
  /** what: a function. The script of an experiment. */
  call: 11,
  /** a: link, b: packet, what: hops. A packet of a busy author. */
  streamData: 12,
  /** a: link, what: TreeFrame. */
  streamFrame: 13,
  /** a: node. Its trees asked to be woken. */
  streamWake: 14,
  /** a: node. A frame has left its narrow uplink. */
  streamDepart: 15,
  /** a: author. It writes. */
  streamWrite: 16
} as const
