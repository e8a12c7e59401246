/** The icons of the sprite, by Lucide's names. */
export const icons: readonly string[] = [
  "alarm-clock", "arrow-left", "arrow-right", "bell", "book-open", "calendar-days", "calendar-plus", "check",
  "chevron-down", "chevron-right", "circle-dot", "circle-plus", "clock", "copy", "ellipsis", "file-search",
  "fingerprint-pattern", "flag", "hand", "headphones", "key", "layers", "layout-grid", "link", "list-checks", "loader", "log-in",
  "log-out", "mail", "maximize-2", "message-square", "mic", "mic-off", "minimize-2", "monitor", "monitor-up", "moon", "notebook", "notebook-pen",
  "pencil", "phone", "plus", "radio", "refresh-cw", "replace", "rotate-ccw", "scale", "search", "send", "settings",
  "shield-check", "square", "sun", "timer", "trash-2", "undo-2", "user", "user-check", "user-plus", "user-x", "users",
  "video", "video-off", "volume-2", "wifi", "wifi-off", "x",
];
