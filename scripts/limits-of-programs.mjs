// Which constants of the chat and the bridge docs/LIMITS.md tells of, by file below packages: their names are not
// unique.
export const ofPrograms = {
  'The chat: people and words': {
    'chat/src/session/session.ts': 'MAX_SHOWN_BYTES MAX_SAID_BYTES MAX_SPEAKERS',
    'chat/src/wire/envelope.ts': 'MAX_ENVELOPE_BYTES',
    'chat/src/wire/bounded-json.ts': 'MAX_JSON_DEPTH MAX_JSON_MARKS',
    'chat/src/text/name.ts': 'MAX_NAME_GRAPHEMES MAX_NAME_BYTES',
    'chat/src/text/clean-text.ts': 'MAX_MARKS',
    'chat/src/text/joiners.ts': 'MAX_JOINED_EMOJI',
    'chat/src/cli.ts': 'INBOX_LIMIT SHOWN_PER_SECOND',
    'chat/src/guard/author-rate.ts': 'BURST_MESSAGES MAX_WATCHED REPORT_MS',
    'chat/src/people/roster.ts': 'MAX_ROSTER PRESENCE_MS PRESENCE_MS_PER_PERSON PERIODS_UNTIL_GONE',
    'chat/src/people/announcing.ts': `MIN_GAP_MS SPREAD_MS_PER_PERSON MAX_SPREAD_MS ANSWER_MS ANSWER_MS_PER_PERSON
      ANSWER_BURST`,
    'chat/src/people/address-book.ts': 'MAX_CONTACTS MAX_SEEN MAX_BLOCKED MAX_NAMES',
    'chat/src/conversations/rooms.ts': 'MAX_ROOMS',
    'chat/src/guard/high-water-marks.ts': 'MAX_MARKS',
    'chat/src/store/profile.ts': 'MAX_PROFILES',
    'chat/src/store/log.ts': 'MAX_LOG_BYTES'
  },
  'The chat: letters and files': {
    'chat/src/session/pending.ts': 'SEARCH_MS MAX_SEARCHING MAX_AWAITED MAX_SHOWN RECEIPT_DELAY_MS MAX_CONVERSATIONS',
    'chat/src/network/alone.ts': 'ALONE_MS',
    'chat/src/network/next-ports.ts': 'NEXT_PORTS',
    'chat/src/network/company.ts': 'HEARD_WAIT_MS ENTRY_WAIT_MS',
    'chat/src/network/speaking.ts': 'SPOKEN_BURST SPOKEN_PER_SECOND',
    'chat/src/network/sealed-mail.ts': 'OPENINGS_PER_SECOND OPENINGS_BURST',
    'chat/src/wire/sealed-body.ts': 'MAX_RECIPIENTS MAX_READ_IDS',
    'chat/src/guard/sealed-replay.ts': 'MAX_SEALED_AGE_MS MAX_SEALED_OF_AUTHOR MAX_SEALED_AUTHORS',
    'chat/src/network/sealed-pace.ts': `OWN_KEYS_BURST OWN_KEYS_PER_SECOND MESSAGES_PER_KEY SHARED_KEY_MS PACED_BURST
      PACED_PER_SECOND`,
    'chat/src/guard/opening-queue.ts': 'MAX_WAITING MAX_WAITING_BYTES MAX_WELCOME',
    'chat/src/guard/refused.ts': 'REFUSED_REPORT_MS MAX_REFUSED_AUTHORS',
    'chat/src/wire/chunk-set.ts': 'CHUNK_BYTES',
    'chat/src/wire/file-messages.ts': 'MAX_FILE_BYTES WINDOW_CHUNKS MAX_ASK_RANGES',
    'chat/src/files/file-limits.ts': `MAX_TRANSFERS MAX_OFFERS_OF_CONTACT MAX_OFFERS_OF_STRANGER
      MAX_OFFERS_OF_STRANGERS MAX_OFFERS MAX_OWN_OFFERS MAX_ASKED_CHUNKS
      SENT_BYTES_PER_SECOND ASK_AGAIN_MS LOST_CHUNK_MS STALLED_MS GIVE_UP_MS OFFER_LIFE_MS PROGRESS_MS`,
    'chat/src/files/file-name.ts': 'MAX_NAME_BYTES',
    'chat/src/files/part-file.ts': 'SPARE_BYTES MAX_NUMBER',
    'chat/src/files/old-parts.ts': 'PART_LIFE_MS'
  },
  'The chat: the screen': {
    'chat/src/terminal/full-screen.ts': 'FRAME_MS ESCAPE_WAIT_MS PASTE_WAIT_MS',
    'chat/src/terminal/model/scrollback.ts': 'MAX_ENTRIES MAX_ENTRIES_PER_SECOND MAX_UPDATE_SCAN',
    'chat/src/terminal/model/conversations.ts': 'MAX_CONVERSATIONS',
    'chat/src/network/status.ts': 'MAX_LISTED',
    'chat/src/terminal/view/entry-rows.ts': 'MAX_TEXT_LINES',
    'chat/src/terminal/line/input.ts': 'MAX_HISTORY MAX_CANDIDATES',
    'chat/src/terminal/keys/keys.ts': 'MAX_PASTE_CHARS MAX_SEQUENCE_CHARS MAX_KEY_CHARS',
    'chat/src/terminal/keys/replies.ts': 'MAX_REPLY_CHARS',
    'chat/src/terminal/keys/wheel.ts': 'MIN_WHEEL_ARROWS',
    'chat/src/terminal/layout/links.ts': 'MAX_LINK_CHARS',
    'chat/src/terminal/model/model.ts': 'ALERT_GAP_MS'
  },
  'The commands': {
    'transport/src/telemetry/metrics.ts': 'MAX_CONNECTIONS STATS_TIMEOUT_MS',
    'transport/src/dashboard/serve.ts': 'MAX_PAGES MAX_CONNECTIONS',
    'transport/src/dashboard/open-pages.ts': 'SILENT_MS',
    'transport/src/dashboard/snapshots.ts': 'SNAPSHOT_MS',
    'transport/src/dashboard/event-feed.ts': 'MAX_LINES_A_NAME MAX_TEXT_LENGTH',
    'transport/src/dashboard/access.ts': 'MIN_TOKEN_LENGTH',
    'transport/src/commands/line-output.ts': 'GATHERED_BYTES MAX_OFFERED_BYTES',
    'transport/src/commands/main.ts': 'LAST_OUTPUT_MS',
    'transport/src/commands/settings.ts': 'SUB_INBOX_LIMIT MAX_TIMEOUT_MS MIN_ORIGIN_DIGITS',
    'transport/src/commands/sim/progress-bar.ts': 'LINE_EVERY_MS',
    'transport/src/commands/top/arguments.ts': 'DEFAULT_INTERVAL_MS MIN_INTERVAL_MS MAX_INTERVAL_MS',
    'transport/src/commands/top/scrape.ts': 'TIMEOUT_MS MAX_PAGE_BYTES',
    'transport/src/commands/process/leave-signal.ts': 'PARENT_LOOK_MS',
    'transport/src/commands/process/reader-watch.ts': 'LOOK_MS'
  },
  'The bridge': {
    'bridge/src/command/arguments.ts': 'INBOX_LIMIT',
    'bridge/src/gob/limits.ts': 'MAX_MESSAGE_BYTES MAX_TYPES MAX_FIELDS MAX_NAME_BYTES MAX_DEPTH MAX_ELEMENTS',
    'bridge/src/gop2p/http/client.ts': 'IDLE_MS',
    'bridge/src/gop2p/side/gop2p-side.ts': 'ANSWERS_BURST GOP2P_PORT PORT_TRIES',
    'bridge/src/gop2p/node.ts': 'ERRORS_LIMIT',
    'bridge/src/gop2p/http/receiving.ts': 'TAIL_BYTES',
    'bridge/src/gop2p/sending/greeter.ts': 'MAX_NAMES',
    'bridge/src/relay/bridge.ts': 'LAST_WORDS_MS',
    'bridge/src/relay/cleaning.ts': 'MAX_NAME_CHARACTERS MAX_RAW_CHARACTERS',
    'bridge/src/relay/hub-payload.ts': 'MAX_SIDES MAX_KEY_CHARACTERS',
    'bridge/src/relay/relay.ts': 'MAX_MARKS',
    'bridge/src/relay/tally.ts': 'MAX_REASONS',
    'bridge/src/relay/telling.ts': 'TOLD_BURST TOLD_PER_SECOND',
    'bridge/src/tutorial/joining.ts': 'MAX_ADDRESS_BYTES MAX_NODE_ID_CHARACTERS',
    'bridge/src/tutorial/part6.ts': 'MAX_KEY_CHARACTERS',
    'bridge/src/tutorial/part6-writer.ts': 'KEY_BITS MAX_WAITING SLICE_MS',
    'bridge/src/tutorial/recognise.ts': 'FIRST_BYTES',
    'bridge/src/tutorial/tutorial-node.ts': 'MAX_TOLD',
    'bridge/src/tutorial/tutorial-side.ts': 'MAX_WORKED_BYTES',
    'bridge/src/tutorial/tutorial-link.ts': 'PACKETS_PER_SECOND PACKETS_BURST KEEP_ALIVE_MS'
  }
}
