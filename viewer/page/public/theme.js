// Sets the chosen theme before the first paint. A file of its own, because the page's security policy allows no inline script.
try {
  const theme = localStorage.getItem('ostraka.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage can be forbidden; the system's preference then stands.
}
