/** What a watch reports of an object (apimachinery `watch.EventType`); bookmarks and errors are no changes. */
export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';
