/** The entry of a worker thread that cannot start, as where its files were replaced by others meanwhile. */
throw new Error('this thread cannot start');
