//! Pages.

use super::super::Slice;

/// A part of something in order.
pub(super) fn slice<'k, V>(
    rows: impl DoubleEndedIterator<Item = (&'k str, V)>,
    page: Slice<'_>,
) -> Vec<V> {
    let after = |key: &str| match (page.after, page.descending) {
        (None, _) => true,
        (Some(after), false) => key > after,
        (Some(after), true) => key < after,
    };
    let rows = rows.filter(|(key, _)| after(key));
    if page.descending {
        rows.rev().take(page.most).map(|(_, row)| row).collect()
    } else {
        rows.take(page.most).map(|(_, row)| row).collect()
    }
}
