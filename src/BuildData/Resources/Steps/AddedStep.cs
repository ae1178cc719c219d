using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>Represents the step that <see cref="Updates.NewStep"/> added.</summary>
/// <param name="StepId">The step's id.</param>
/// <param name="Number">The step's number in its build, from 0.</param>
/// <param name="Name">The step's name. It differs from the requested name if the build already had a step with the requested name.</param>
public sealed record AddedStep(long StepId, long Number, string Name) : IAddedRow
{
    RowKey IAddedRow.Row => new(ResourceTables.Steps.Name, StepId);
}
