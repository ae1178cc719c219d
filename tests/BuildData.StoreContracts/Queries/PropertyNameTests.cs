using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>A property can be called anything, also what is syntax elsewhere.</summary>
public abstract class PropertyNameTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly PropertyMap Star = new() { ["*"] = ("star", "S") };
    private static readonly PropertyMap Both = new() { ["*"] = ("star", "S"), ["rev"] = ("9f", "S") };

    private long _buildId;

    [SetUp]
    public async Task AddBuild()
    {
        _buildId = await Updates.Build();
        await Updates.SetBuildProperty(_buildId, "*", ("star", "S"));
        await Updates.SetBuildProperty(_buildId, "rev", ("9f", "S"));
    }

    [Test]
    public async Task Get_PropertyCalledStar_IsSelectedAlone()
    {
        Build? byHole = await Data.Get<Build>($"/builds/{_buildId}?property={"*"}");
        Build? bySpec = await Data.Get<Build>($"/builds/{_buildId}", new ResultSpec { Properties = ["*"] });

        byHole!.Properties.Should().Equal(Star);
        bySpec!.Properties.Should().Equal(Star);
    }

    [Test]
    public async Task Get_AllProperties_AreSelected()
    {
        Build? byPath = await Data.Get<Build>($"/builds/{_buildId}?property=*");
        Build? bySpec = await Data.Get<Build>($"/builds/{_buildId}", new ResultSpec { AllProperties = true });
        Build? byBoth = await Data.Get<Build>($"/builds/{_buildId}?property=rev", new ResultSpec { AllProperties = true });

        byPath!.Properties.Should().Equal(Both);
        bySpec!.Properties.Should().Equal(Both);
        byBoth!.Properties.Should().Equal(Both);
    }

    [Test]
    public async Task Subscribe_PropertyCalledStar_IsCarriedAlone()
    {
        await using Subscription star = Data.Events.Subscribe("/builds/*?property=%2A");
        await using Subscription all = Data.Events.Subscribe("/builds/*?property=*");

        await Updates.FinishBuild(_buildId, BuildResult.Success);

        ((Build)(await star.Next(1))[0].Resource).Properties.Should().Equal(Star);
        ((Build)(await all.Next(1))[0].Resource).Properties.Should().Equal(Both);
    }

    [Test]
    public async Task Watch_PropertyCalledStar_IsCarriedAlone()
    {
        await using Watch<Build> watch = await Data.Watch<Build>($"/builds?property={"*"}");

        await Updates.SetBuildProperty(_buildId, "rev", ("a0", "S"));
        await Updates.SetBuildProperty(_buildId, "*", ("new", "S"));

        watch.InitialResult.Single().Properties.Should().Equal(Star);
        (await watch.Next(1)).Single().Resource.Properties.Should().Equal(new PropertyMap { ["*"] = ("new", "S") });
    }

    [Test]
    public async Task Get_HoleInAnOrder_DoesNotTurnItRound() =>
        await Data.Awaiting(data => data.GetAll<Build>($"/builds?order={"-number"}"))
            .Should().ThrowAsync<InvalidQueryException>().WithMessage("*no field '-number'*");
}
