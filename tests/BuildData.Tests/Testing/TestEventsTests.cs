using BuildData.Testing;

namespace BuildData.Tests;

internal sealed class TestEventsTests
{
    [Test]
    public void Create_Resource_HasItsPathsAndName()
    {
        DataEvent<Step> e = TestEvents.Create(new Step { StepId = 9, BuildId = 5 }, "finished");

        e.Should().BeEquivalentTo(new { Name = "finished", Path = "/steps/9", Paths = new[] { "/steps/9", "/builds/5/steps/9" } });
    }

    [Test]
    public void Create_WithoutTime_IsTheFirstEventAtTheStartOfTheTestClock()
    {
        DataEvent<Step> e = TestEvents.Create(new Step(), "new");

        e.Cursor.Should().Be(new EventCursor(1, new Microsoft.Extensions.Time.Testing.FakeTimeProvider().GetUtcNow()));
    }

    [Test]
    public void Create_WithSequenceAndTime_HasThem()
    {
        var at = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

        DataEvent<Step> e = TestEvents.Create(new Step(), "new", sequence: 7, at);

        e.Cursor.Should().Be(new EventCursor(7, at));
    }

    [Test]
    public void CreateUntyped_Properties_HaveThePathOfTheirBuild()
    {
        DataEvent e = TestEvents.CreateUntyped(new PropertyMap { ["owner"] = ("ann", "Scheduler") }, "update", buildId: 5);

        e.Path.Should().Be("/builds/5/properties");
    }
}
