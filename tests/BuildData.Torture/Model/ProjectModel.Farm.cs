namespace BuildData.Torture.Model;

/// <content>Builders and workers.</content>
internal sealed partial class ProjectModel
{
    private Outcome Run(FindBuilder find)
    {
        if (_state.Builders.FirstOrDefault(builder => builder.Name == find.Name) is { } known)
            return Outcome.Returned(known.Id);
        long id = NewId();
        _state = _state with { Builders = _state.Builders.Add(new BuilderState(find.Name, id)) };
        return Outcome.Returned(id);
    }

    private Outcome Run(DescribeBuilder describe)
    {
        ValueList<BuilderState>? changed = _state.Builders.ChangeFirst(
            builder => builder.Id == describe.BuilderId,
            builder => builder with { Description = describe.Description, Tags = [.. describe.Tags] });
        if (changed is null)
            return Refuse(NotFound);
        _state = _state with { Builders = changed };
        return Outcome.Returned();
    }

    private Outcome Run(FindWorker find)
    {
        if (_state.Worker is { } known)
            return Outcome.Returned(known.Id);
        long id = NewId();
        _state = _state with { Worker = new WorkerState(find.Name, id) };
        return Outcome.Returned(id);
    }

    private WorkerState Configure(WorkerState worker, long[] builderIds) => worker with
    {
        ConfiguredOn = Sorted([.. worker.ConfiguredOn.Where(place => place.Master != masterId), .. builderIds.Select(id => (masterId, id))]),
    };

    private Outcome ChangeWorker(long id, Func<WorkerState, WorkerState> change)
    {
        if (_state.Worker is not { } worker || worker.Id != id)
            return Refuse(NotFound);
        _state = _state with { Worker = change(worker) };
        return Outcome.Returned();
    }

    private static ValueList<T> Sorted<T>(IEnumerable<T> items) => [.. items.Order()];
}
