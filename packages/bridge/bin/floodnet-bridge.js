#!/usr/bin/env node
// npm links a command when it installs, before anything is built: so the link leads here, and here to what is built.
import '../dist/cli.js'
