// The version of this package. A test compares it with package.json, which is not beside a bundled program.
export const VERSION = '0.1.0'
