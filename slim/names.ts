/** Names of properties that vite.config.ts has terser shorten in the script. */

/** Names that sockjs-client and idiomorph have among themselves, and nobody else: the script has shorter ones. */
export const THEIR_NAMES = new RegExp(
  `^(${[
    "_listeners|_ir|_timeout|_trans[A-Z]\\w*|_transport\\w*|_close|_open|_connect|_chunkHandler|_receiveInfo",
    "sendBuffer|sendStop|sendSchedule|sendScheduleWait|bufferPosition|transportName|removeAllListeners",
    "callbacks|morphStyle|(before|after)Node(Added|Morphed|Removed)|beforeAttributeUpdated|persistentIds|idMap",
  ].join("|")})$`,
);

/** Names that the parts of src have among themselves: shortened as well. src/names.test.ts proves that nobody else has them. */
export const OWN_NAMES = [
  "addRefreshed askAll backlog changesFor giveBack goesAlong hasSource hasTarget isAlike isForbidden isHeldUp isMorph isOwn isQueued isRead",
  "isSessionOver isShareable isStill isTold isUnread isUnused isWhole jobs messaged overtaken overtakenBy rank",
  "arrivalNumber plan prune selectorsFor sessionRenewed synchronised takeBack targetsFor unread unreadSince unwelcomed waitingFor",
].flatMap((line) => line.split(" "));
