using Microsoft.Extensions.Logging;

namespace ImOrleans.LocalRuntime;

/// <summary>The log messages of a silo.</summary>
internal sealed partial class RuntimeLog(ILogger logger)
{
    [LoggerMessage(1101, LogLevel.Information, "Silo {SiloName} at {SiloAddress} has started")]
    public partial void SiloStarted(string siloName, string siloAddress);

    [LoggerMessage(1102, LogLevel.Information, "Silo {SiloName} has left: {Status}")]
    public partial void SiloLeft(string siloName, string status);

    [LoggerMessage(1103, LogLevel.Warning, "Silo {SiloName} had to stop before all its grains had ended")]
    public partial void SiloStopCutShort(string siloName);

    [LoggerMessage(1104, LogLevel.Error, "Activation of {GrainId} failed")]
    public partial void ActivationFailed(string grainId, Exception exception);

    [LoggerMessage(1105, LogLevel.Error, "Deactivation of {GrainId} failed; it goes on without")]
    public partial void DeactivationFailed(string grainId, Exception exception);

    [LoggerMessage(1106, LogLevel.Warning, "A call that nobody waits for failed: {Call}")]
    public partial void OneWayCallFailed(string call, Exception exception);

    [LoggerMessage(1109, LogLevel.Critical, "A turn of {Activation} failed in the runtime itself")]
    public partial void TurnFailed(string activation, Exception exception);

    [LoggerMessage(1108, LogLevel.Debug, "Collected {Count} idle activations on {SiloName}")]
    public partial void Collected(int count, string siloName);
}
