// What a stranger's stream may make us hold. Go's own decoder allows a message of 1 GiB and any number of types.

/** Longest message, in bytes: the default of floodnet's own frames. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/**
 * Types that one stream may define. The tutorial's programs define one; a struct in a struct needs another (a guess
 * with room).
 */
export const MAX_TYPES = 16
/** Fields of one type. The tutorial's packet has five (a guess with room). */
export const MAX_FIELDS = 64
/** Length of the name of a type or a field, in bytes. Go's longest are words of a program (a guess with room). */
export const MAX_NAME_BYTES = 256
/** Nesting depth of values. Go's own limit is 10,000. */
export const MAX_DEPTH = 8
/** Values in one message: a byte on the wire becomes an object of some 50 bytes. */
export const MAX_ELEMENTS = 4096
