using FsCheck;
using FsCheck.Fluent;

namespace BuildData.StoreContracts;

/// <summary>Any sequence of step updates agrees with a model that is a plain list.</summary>
public abstract class RandomUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    private sealed record Action(int Kind, int Step, int Value);

    [Test]
    public void Updates_AnySequence_AgreeWithTheModel()
    {
        Arbitrary<Action[]> sequences = (
            from kind in Gen.Choose(0, 5)
            from step in Gen.Choose(0, 5)
            from value in Gen.Choose(0, 6)
            select new Action(kind, step, value)).ArrayOf().ToArbitrary();

        Prop.ForAll(sequences, async actions =>
            {
                long buildId = await Updates.Build();
                var model = new List<Step>();
                foreach (Action action in actions)
                    await Apply(buildId, model, action);

                ResourceList<Step> steps = await Data.GetAll<Step>($"/builds/{buildId}/steps");
                steps.Should().BeEquivalentTo(model, options => options.WithStrictOrdering());
            })
            .QuickCheckThrowOnFailure();
    }

    private async Task Apply(long buildId, List<Step> model, Action action)
    {
        Clock.Advance(TimeSpan.FromTicks(action.Value * 10));
        if (action.Kind == 0 || model.Count == 0)
        {
            AddedStep made = await Updates.NewStep(buildId, $"s{action.Value}");
            made.Number.Should().Be(model.Count);
            model.Add(new Step { StepId = made.StepId, BuildId = buildId, Number = made.Number, Name = made.Name, StateString = "pending" });
            return;
        }

        int i = action.Step % model.Count;
        Step step = model[i];
        switch (action.Kind)
        {
            case 1:
                await Updates.StartStep(step.StepId, locksAcquired: action.Value > 3);
                model[i] = step with { StartedAt = Clock.GetUtcNow(), LocksAcquiredAt = action.Value > 3 ? Clock.GetUtcNow() : step.LocksAcquiredAt };
                break;
            case 2:
                await Updates.SetStepStateString(step.StepId, $"state {action.Value}");
                model[i] = step with { StateString = $"state {action.Value}" };
                break;
            case 3:
                var url = new StepUrl("n", $"u{action.Value}");
                await Updates.AddStepUrl(step.StepId, url.Name, url.Url);
                model[i] = step with { Urls = step.Urls.Contains(url) ? step.Urls : [.. step.Urls, url] };
                break;
            case 4:
                await Updates.FinishStep(step.StepId, (BuildResult)action.Value, hidden: action.Value > 3);
                model[i] = step with { Complete = true, CompleteAt = Clock.GetUtcNow(), Results = (BuildResult)action.Value, Hidden = action.Value > 3 };
                break;
            default:
                await Updates.SetStepLocksAcquiredAt(step.StepId);
                model[i] = step with { LocksAcquiredAt = Clock.GetUtcNow() };
                break;
        }
    }
}
