// Runs before the page is drawn, so that it never flashes in the wrong colours.
(() => {
  try {
    const theme = localStorage.getItem('builddata-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage, the theme is that of the system.
  }
})();
