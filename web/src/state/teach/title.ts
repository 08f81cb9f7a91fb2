// The tab's title while training goes on, for whoever looks at another tab; and, if they asked for it, a notification.

const own = document.title;

/** '' gives the title back. `finished`: stays until somebody looks, and is worth a notification. */
export function tellTitle(news: string, finished = false): void {
  document.title = news && (!finished || document.hidden) ? `${news} – Pinwheel` : own;
  if (!finished || !document.hidden) return;
  if ('Notification' in window && Notification.permission === 'granted') {
    new Notification('Pinwheel', { body: news, icon: './icon.svg', tag: 'pinwheel-training' });
  }
  const looked = () => {
    document.title = own;
    document.removeEventListener('visibilitychange', looked);
  };
  document.addEventListener('visibilitychange', looked);
}
