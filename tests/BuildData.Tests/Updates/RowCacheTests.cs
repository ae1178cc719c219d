using BuildData.Resources.Steps;
using BuildData.Updating;

namespace BuildData.Tests;

/// <summary>The rows that the writer holds are bounded.</summary>
internal sealed class RowCacheTests
{
    [Test]
    public void Trim_MoreIsHeldThanThereIsRoomFor_DropsIt()
    {
        var held = new RowCache(shared: null);
        for (int i = 0; i < 100_001; i++)
            held.Steps[i] = new Step { StepId = i };

        held.Trim();

        held.Steps.Should().BeEmpty();
    }

    [Test]
    public void Trim_LessIsHeld_KeepsIt()
    {
        var held = new RowCache(shared: null);
        for (int i = 0; i < 99_000; i++)
            held.Steps[i] = new Step { StepId = i };

        held.Trim();

        held.Steps.Should().HaveCount(99_000);
    }

    [Test]
    public void Trim_ManyNamesOfFewBuilds_DropsThem()
    {
        var held = new RowCache(shared: null);
        for (int build = 0; build < 20; build++)
        {
            var names = new StepNames(1);
            held.SetAllNames(build, names);
            for (int i = 0; i < 9_000; i++)
                held.AddName(names, $"step_{i}");
        }

        held.Trim();

        held.StepNames.Should().BeEmpty();
    }

    [Test]
    public void AddName_ABuildWithVeryManySteps_HoldsNoNames()
    {
        var held = new RowCache(shared: null);
        var names = new StepNames(1);
        held.SetAllNames(1, names);

        for (int i = 0; i < 50_000; i++)
            held.AddName(names, $"step_{i}");

        names.Held.Should().Be(0);
        names.Count.Should().Be(50_000);
    }

    [Test]
    public void Finish_AllBuilds_LeavesRoomForNames()
    {
        var held = new RowCache(shared: null);
        for (int round = 0; round < 100; round++)
        {
            var names = new StepNames(1);
            held.SetAllNames(round, names);
            for (int i = 0; i < 5_000; i++)
                held.AddName(names, $"step_{i}");
            held.Finish(new Build { BuildId = round });
        }

        var last = new StepNames(1);
        held.SetAllNames(1, last);
        held.Trim();

        held.StepNames.Should().ContainSingle();
    }
}
