namespace ImOrleans.Grains.Delivery;

/// <summary>Names activations.</summary>
public interface IEpochSource
{
    /// <summary>A number greater than zero that no other activation has.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> rises between the activations of one grain as well as the clocks of the silos agree; unique
    /// even where they do not.
    /// </remarks>
    long NextEpoch();
}
