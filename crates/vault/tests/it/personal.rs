//! Personal data leaves only against the receipt of its own entry.

use notice::Category;
use store::testing::grounds;
use vault::{Mismatch, Personal};

use crate::desk::desk;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_releases_what_was_opened_under_its_own_entry_and_nothing_else() {
    for ground in grounds() {
        let desk = desk(&ground).await;
        let (one, two) = (desk.reading(1, Category::Contact), desk.reading(1, Category::Contact));
        let (first, second) = (Personal::new(&one, "first"), Personal::new(&two, "second"));
        let (one, two) = (one.durable().await.unwrap(), two.durable().await.unwrap());
        assert_eq!(first.release(&two), Err(Mismatch));
        assert_eq!(second.map(str::len).release(&two), Ok(6));
        assert_ne!(one.number(), two.number());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_pieces_of_the_same_entry_are_joined() {
    for ground in grounds() {
        let desk = desk(&ground).await;
        let (one, two) = (desk.reading(1, Category::Contact), desk.reading(1, Category::Contact));
        assert!(Personal::new(&one, 1).and(Personal::new(&two, 2)).is_err());
        assert!(Personal::gather(&one, [Personal::new(&one, 1), Personal::new(&two, 2)]).is_err());
        let pair = Personal::new(&one, 1).and(Personal::new(&one, "a")).unwrap();
        let many = Personal::gather(&one, (0..3).map(|n| Personal::new(&one, n))).unwrap();
        let none = Personal::<u8>::gather(&one, []).unwrap();
        let receipt = one.durable().await.unwrap();
        assert_eq!(pair.release(&receipt), Ok((1, "a")));
        assert_eq!(many.release(&receipt), Ok(vec![0, 1, 2]));
        assert_eq!(none.release(&receipt), Ok(vec![]));
    }
}
