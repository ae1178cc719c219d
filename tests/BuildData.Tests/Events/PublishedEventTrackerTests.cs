using BuildData.Events;

namespace BuildData.Tests;

internal sealed class PublishedEventTrackerTests
{
    [Test]
    public void Version_AfterEachCommittedEvent_IsNew()
    {
        var tracker = new PublishedEventTracker();
        var versions = new List<string> { tracker.Version };
        foreach (Action<PublishedEventTracker> change in (Action<PublishedEventTracker>[])
        [
            static t => t.SetLastPublished(5),
            static t => t.AddCommittedUnpublishedRange(7, 1),
            static t => t.SetLastPublished(7),
            static t => t.RestartAfter(4),
            static t => t.SetLastPublished(5),
            static t => t.RestartAfter(4),
            static t => t.SetLastPublished(5),
        ])
        {
            change(tracker);
            versions.Add(tracker.Version);
        }

        versions.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Version_WithoutChanges_StaysTheSame()
    {
        var tracker = new PublishedEventTracker();
        tracker.SetLastPublished(5);
        string version = tracker.Version;

        tracker.RemovePublishedRanges();

        tracker.Version.Should().Be(version);
        new PublishedEventTracker().Version.Should().NotBe(new PublishedEventTracker().Version, "each process has its own");
    }

    [Test]
    public void CopyUnpublishedRanges_SomeArePublished_ReturnsThoseWhoseLastEventIsNot()
    {
        var tracker = new PublishedEventTracker();
        tracker.AddCommittedUnpublishedRange(5, 1);
        tracker.AddCommittedUnpublishedRange(6, 2);
        tracker.SetLastPublished(6);

        tracker.RemovePublishedRanges();

        tracker.CopyUnpublishedRanges().Should().Equal((6, 7));
    }

    [Test]
    public void CopyUnpublishedRanges_AllArePublished_ReturnsNull()
    {
        var tracker = new PublishedEventTracker();
        tracker.AddCommittedUnpublishedRange(5, 3);
        tracker.SetLastPublished(7);

        tracker.RemovePublishedRanges();

        tracker.CopyUnpublishedRanges().Should().BeNull();
    }

    [Test]
    public void CopyUnpublishedRanges_EventsAreLost_ReturnsNull()
    {
        var tracker = new PublishedEventTracker();
        tracker.AddCommittedUnpublishedRange(5, 3);

        tracker.RestartAfter(4);

        tracker.CopyUnpublishedRanges().Should().BeNull();
    }
}
